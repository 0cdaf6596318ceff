-- Full-text search. The column is derived from the text, so what is edited or erased is found no more; nobody writes it.
-- It holds a space and a word in turn, of the first 10,000 characters: the time this takes grows with the square. Its
-- collation folds case and accents. No word is left out for being common.

SET SESSION innodb_ft_enable_stopword = OFF;

ALTER TABLE `history_message` ADD COLUMN `search_text` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
    GENERATED ALWAYS AS (concat(' ', regexp_replace(left(`text`, 10000), '[^\\p{L}\\p{N}\\p{M}]+', ' '))) STORED;

CREATE FULLTEXT INDEX `history_message_search_idx` ON `history_message` (`search_text`);
