# Needs no gem, and tells whether RubyGems is there all the same.
def handler(event:, context:)
  [$LOADED_FEATURES.any? { |file| file.end_with?("/rubygems.rb") }, Gem::Version.new("1.10") > Gem::Version.new("1.9")]
end
