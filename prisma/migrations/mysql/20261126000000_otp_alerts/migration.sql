-- Written by hand from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.

CREATE TABLE `wa_otp` (
    `id` CHAR(26) NOT NULL,
    `recipient_jid` VARCHAR(96) NOT NULL,
    `purpose` VARCHAR(40) NOT NULL,
    `code_hmac` CHAR(64) NOT NULL,
    `status` VARCHAR(10) NOT NULL,
    `live` INTEGER NULL,
    `attempts` INTEGER NOT NULL,
    `max_attempts` INTEGER NOT NULL,
    `owner` VARCHAR(64) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `outbox_id` CHAR(26) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `text_kept` TINYINT(1) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    `verified_at` DATETIME(3) NULL,

    UNIQUE INDEX `wa_otp_recipient_jid_purpose_live_key` (`recipient_jid`, `purpose`, `live`),
    UNIQUE INDEX `wa_otp_device_id_wa_message_id_key` (`device_id`, `wa_message_id`),
    INDEX `wa_otp_recipient_jid_created_at_idx` (`recipient_jid`, `created_at`),
    INDEX `wa_otp_owner_created_at_idx` (`owner`, `created_at`),
    INDEX `wa_otp_text_kept_id_idx` (`text_kept`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `alert` (
    `id` CHAR(26) NOT NULL,
    `source` VARCHAR(8) NOT NULL,
    `topic` VARCHAR(200) NULL,
    `list_id` INTEGER NOT NULL,
    `list_name` VARCHAR(100) NOT NULL,
    `text` TEXT NOT NULL,
    `media` JSON NULL,
    `requires_ack` TINYINT(1) NOT NULL,
    `status` VARCHAR(14) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `pool` JSON NOT NULL,
    `escalate_list_id` INTEGER NULL,
    `escalate_list_name` VARCHAR(100) NULL,
    `escalate_after_ms` INTEGER NULL,
    `escalate_at` DATETIME(3) NULL,
    `escalated_at` DATETIME(3) NULL,
    `problem` VARCHAR(64) NULL,
    `acknowledged_at` DATETIME(3) NULL,
    `acknowledged_by` VARCHAR(120) NULL,
    `repeats` INTEGER NOT NULL,
    `last_repeated_at` DATETIME(3) NULL,
    `event_seq` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,

    INDEX `alert_status_escalate_at_id_idx` (`status`, `escalate_at`, `id`),
    INDEX `alert_device_id_id_idx` (`device_id`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `alert_item` (
    `id` CHAR(26) NOT NULL,
    `alert_id` CHAR(26) NOT NULL,
    `stage` INTEGER NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `to_jid` VARCHAR(96) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,

    UNIQUE INDEX `alert_item_device_id_wa_message_id_key` (`device_id`, `wa_message_id`),
    INDEX `alert_item_alert_id_id_idx` (`alert_id`, `id`),
    INDEX `alert_item_to_jid_alert_id_idx` (`to_jid`, `alert_id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `alert_key` (
    `hash` CHAR(64) NOT NULL,
    `alert_id` CHAR(26) NOT NULL,
    `until_at` DATETIME(3) NOT NULL,

    INDEX `alert_key_until_at_idx` (`until_at`),
    PRIMARY KEY (`hash`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `alert_lease` (
    `name` VARCHAR(20) NOT NULL,
    `holder` CHAR(26) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
