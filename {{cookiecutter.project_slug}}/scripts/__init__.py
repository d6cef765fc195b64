"""Commands of the Makefile; the service itself never imports them."""
