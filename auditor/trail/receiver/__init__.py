"""Receives audit messages over TLS (RFC 5425) and UDP (RFC 5426) into a hash-chained store on disk."""
