def handler(event:, context:
  1
end
