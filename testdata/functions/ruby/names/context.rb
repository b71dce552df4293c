CONTEXT = "context of the function"
