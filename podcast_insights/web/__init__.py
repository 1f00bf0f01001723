"""The one door to the network for addresses that others wrote: safe, bounded and polite."""
