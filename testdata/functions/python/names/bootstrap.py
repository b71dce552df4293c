NAME = "bootstrap of the function"
