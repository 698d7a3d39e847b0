"""Figures to words: number formats, comparisons, polarity, sentences. Every word agrees with its figure."""
