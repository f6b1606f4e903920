# Prints, as JSON, what Ruby's own RSS library makes of a feed file.
require "json"
require "rss"
feed = RSS::Parser.parse(File.read(ARGV[0]), false)
def told(x, seen=0)
  return x if x.nil? || x.is_a?(String) || x.is_a?(Numeric) || x == true || x == false
  return x.map { |e| told(e, seen) } if x.is_a?(Array)
  return x.to_s unless x.is_a?(RSS::Element)
  Hash[x.instance_variables.reject{|v| [:@parent,:@converter,:@do_validate,:@_attributes].include?(v)}.map{|v| [v.to_s.delete("@"), told(x.instance_variable_get(v))]}]
end
puts JSON.generate(told(feed.channel))
