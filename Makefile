# The front door. `make run` for a demonstration office, `make check` for every test.
PORT ?= 8080
SITE ?= site
BUILD ?= build
