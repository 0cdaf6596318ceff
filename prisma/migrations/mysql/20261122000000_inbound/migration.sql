-- Written by hand from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.

CREATE TABLE `inbound_journal` (
    `device_id` VARCHAR(50) NOT NULL,
    `hash` BINARY(32) NOT NULL,
    `id` CHAR(26) NOT NULL,
    `author` VARCHAR(96) NOT NULL,
    `enc_type` VARCHAR(8) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `sealed` MEDIUMBLOB NULL,
    `state` VARCHAR(14) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,

    INDEX `inbound_journal_state_idx` (`device_id`, `state`, `created_at`, `id`),
    PRIMARY KEY (`device_id`, `hash`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
