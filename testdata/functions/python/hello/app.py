"""The hello of the README."""


def handler(event, context):
    name = event.get("name", "World")
    print("Greeting " + name)
    return {"message": "Hello, " + name}
