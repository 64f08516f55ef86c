"""Chapter 17 draws graphs alone, which have no numbers beside them."""
