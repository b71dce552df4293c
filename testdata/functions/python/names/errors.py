NAME = "errors of the function"
