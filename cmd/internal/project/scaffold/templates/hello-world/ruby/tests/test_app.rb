require 'json'
require 'minitest/autorun'

require_relative '../hello_world/app'

class LambdaHandlerTest < Minitest::Test
  def test_says_hello
    response = lambda_handler(event: {}, context: nil)

    assert_equal 200, response[:statusCode]
    assert_equal({ 'message' => 'hello world' }, JSON.parse(response[:body]))
  end
end
