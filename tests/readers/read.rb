# Prints, as JSON, what Ruby's own RSS library makes of a feed file: ruby read.rb FILE
require "json"
require "rss"

SILENT = %i[@parent @converter @do_validate @_attributes].freeze

def told(value)
  case value
  when Array then value.map { |each| told(each) }
  when RSS::Element
    (value.instance_variables - SILENT).to_h { |name| [name.to_s.delete("@"), told(value.instance_variable_get(name))] }
  when nil, true, false, String, Numeric then value
  else value.to_s
  end
end

puts JSON.generate(told(RSS::Parser.parse(File.read(ARGV[0], encoding: "UTF-8"), false).channel))
