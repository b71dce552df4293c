# handler EVENT answers a request, which EVENT describes as API Gateway does:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
handler() {
	echo '{"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": "{\"message\": \"hello world\"}"}'
}
