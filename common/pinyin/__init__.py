"""Letters of pinyin → Chinese words that they may spell. Its table is read at first use."""
