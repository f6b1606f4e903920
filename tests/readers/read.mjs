// Prints, as JSON, what the Podcast Index's parser makes of each feed file that it is given.
import { readFileSync } from "node:fs";
import partytime from "podcast-partytime";

const feeds = process.argv.slice(2).map((path) => partytime.parseFeed(readFileSync(path, "utf8")));
console.log(JSON.stringify(feeds));
