"""What staff do, with no messenger in it."""
