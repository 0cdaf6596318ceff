-- Written by hand from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.

ALTER TABLE `outbound_message` ADD COLUMN `media_blob` CHAR(64) NULL, ADD COLUMN `wa_content` MEDIUMBLOB NULL;
CREATE INDEX `outbound_message_media_blob_idx` ON `outbound_message` (`media_blob`);
ALTER TABLE `received_message` ADD COLUMN `media_sealed` BLOB NULL;

CREATE TABLE `media_blob` (
    `sha256` CHAR(64) NOT NULL,
    `size_bytes` BIGINT NOT NULL,
    `mimetype` VARCHAR(100) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `last_used_at` DATETIME(3) NOT NULL,

    INDEX `media_blob_last_used_at_idx` (`last_used_at`),
    PRIMARY KEY (`sha256`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
