"""TLS seen from outside, by hand: OpenSSL 3 no longer speaks what an old PACS may still accept."""
