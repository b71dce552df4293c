import json
import unittest

from hello_world import app


class LambdaHandlerTest(unittest.TestCase):
    def test_says_hello(self):
        response = app.lambda_handler({}, None)

        self.assertEqual(response["statusCode"], 200)
        self.assertEqual(json.loads(response["body"]), {"message": "hello world"})
