import json
import os
import unittest

from src import authorizer, hello


class HelloTest(unittest.TestCase):
    def test_greets_the_caller(self):
        event = {"requestContext": {"authorizer": {"lambda": {"name": "Ada"}}}}

        response = hello.handler(event, None)

        self.assertEqual(json.loads(response["body"]), {"message": "hello Ada"})


class AuthorizerTest(unittest.TestCase):
    def setUp(self):
        os.environ["TOKEN"] = "secret"

    def test_lets_the_token_pass(self):
        event = {"headers": {"authorization": "Bearer secret"}}

        self.assertTrue(authorizer.handler(event, None)["isAuthorized"])

    def test_refuses_requests_without_it(self):
        self.assertFalse(authorizer.handler({"headers": {}}, None)["isAuthorized"])
