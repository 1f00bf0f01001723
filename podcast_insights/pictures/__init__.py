"""Pictures: what an operator would rather look at than read, drawn as small SVG beside their numbers in words."""
