// Prints, as JSON, what a parser makes of a feed file: node read.mjs PARSER FILE
import { readFileSync } from "node:fs";
import { parseFeed } from "feedsmith";
import partytime from "podcast-partytime";
import Parser from "rss-parser";

const PARSERS = {
  partytime: (xml) => partytime.parseFeed(xml),
  feedsmith: (xml) => parseFeed(xml).feed,
  "rss-parser": (xml) => new Parser().parseString(xml),
};
const [parser, path] = process.argv.slice(2);
console.log(JSON.stringify(await PARSERS[parser](readFileSync(path, "utf8"))));
