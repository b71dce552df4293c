ERRORS = "errors of the function"
