"""`make docs`: the part of the documents that is made from the code."""
