import unittest

from src import app


class HandlerTest(unittest.TestCase):
    def test_says_when_it_was_due(self):
        result = app.handler({"time": "2026-07-01T12:00:00Z"}, None)

        self.assertEqual(result, {"due": "2026-07-01T12:00:00Z"})
