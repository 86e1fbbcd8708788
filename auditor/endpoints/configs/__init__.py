"""Configuration files of every product, read without running anything, put in words all products share."""
