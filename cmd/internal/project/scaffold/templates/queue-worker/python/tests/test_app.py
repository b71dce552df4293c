import unittest

from src import app


class HandlerTest(unittest.TestCase):
    def test_names_the_messages_that_failed(self):
        messages = [{"messageId": "good", "body": "{}"}, {"messageId": "bad", "body": "{"}]

        result = app.handler({"Records": messages}, None)

        self.assertEqual(result, {"batchItemFailures": [{"itemIdentifier": "bad"}]})
