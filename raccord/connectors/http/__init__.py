"""The HTTP kit that every vendor is built with: client, pace, errors, waits, pages, answers, signatures."""
