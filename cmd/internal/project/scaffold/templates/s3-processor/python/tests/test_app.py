import unittest

from src import app


class HandlerTest(unittest.TestCase):
    def test_decodes_keys(self):
        record = {"s3": {"bucket": {"name": "uploads"}, "object": {"key": "a+b%21.txt", "size": 3}}}

        files = app.handler({"Records": [record]}, None)

        self.assertEqual(files, [{"bucket": "uploads", "key": "a b!.txt", "size": 3}])
