"""What a developer would write to call a handler once: the yardstick for a cold invoke."""
import json
import sys

sys.path.insert(0, sys.argv[1])
import app

with open(sys.argv[2]) as event:
    print(json.dumps(app.handler(json.load(event), None)))
