-- Names are found without apostrophes, and ƀ is a b (what `fold` does); rows that were written before follow.
UPDATE people SET name_folded = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name_folded,
    '''', ''), '’', ''), '‘', ''), 'ʼ', ''), '`', ''), 'ƀ', 'b');
