"""The words everyone speaks. Standard library only; everything here is frozen data or a protocol."""
