"""From a buyer's need to a ranked answer: the functions that the command line, web pages, files and API all call. No input or output."""
