-- Written by hand from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.
-- utf8mb4_bin everywhere: ids, JIDs and names are compared byte for byte, as SQLite compares them.

CREATE TABLE `node` (
    `node_id` VARCHAR(64) NOT NULL,
    `boot_id` CHAR(26) NOT NULL,
    `machine_id` VARCHAR(64) NOT NULL,
    `started_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`node_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `device` (
    `device_id` VARCHAR(50) NOT NULL,
    `record_number` INTEGER NOT NULL,
    `device_name` VARCHAR(100) NULL,
    `tags` JSON NOT NULL,
    `proxy_sealed` TEXT NULL,
    `settings` JSON NOT NULL,
    `desired` VARCHAR(10) NOT NULL,
    `link_state` VARCHAR(12) NOT NULL,
    `auth_method` VARCHAR(12) NULL,
    `phone_number` VARCHAR(20) NULL,
    `jid` VARCHAR(64) NULL,
    `lid` VARCHAR(64) NULL,
    `push_name` VARCHAR(191) NULL,
    `last_status` VARCHAR(14) NOT NULL,
    `last_cause` JSON NULL,
    `last_activity_at` DATETIME(3) NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `device_record_number_key` (`record_number`),
    PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `device_lease` (
    `device_id` VARCHAR(50) NOT NULL,
    `node_id` VARCHAR(64) NULL,
    `boot_id` CHAR(26) NULL,
    `epoch` BIGINT NOT NULL DEFAULT 0,
    `updated_at` DATETIME(3) NOT NULL,

    INDEX `device_lease_boot_id_idx` (`boot_id`),
    PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `auth_data_key` (
    `device_id` VARCHAR(50) NOT NULL,
    `kek_id` VARCHAR(32) NOT NULL,
    `wrapped` BLOB NOT NULL,
    `created_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `auth_creds` (
    `device_id` VARCHAR(50) NOT NULL,
    `epoch` BIGINT NOT NULL,
    `version` INTEGER NOT NULL,
    `blob` LONGBLOB NOT NULL,
    `previous` LONGBLOB NULL,
    `updated_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `auth_key` (
    `device_id` VARCHAR(50) NOT NULL,
    `type` VARCHAR(40) NOT NULL,
    `key_id` VARCHAR(191) NOT NULL,
    `epoch` BIGINT NOT NULL,
    `blob` MEDIUMBLOB NOT NULL,

    PRIMARY KEY (`device_id`, `type`, `key_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `auth_tombstone` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `reason` VARCHAR(40) NOT NULL,
    `kek_id` VARCHAR(32) NOT NULL,
    `wrapped` BLOB NOT NULL,
    `blob` LONGBLOB NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,

    INDEX `auth_tombstone_device_id_idx` (`device_id`),
    INDEX `auth_tombstone_expires_at_idx` (`expires_at`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `api_key` (
    `id` CHAR(26) NOT NULL,
    `name` VARCHAR(100) NOT NULL,
    `secret_hash` CHAR(64) NOT NULL,
    `scopes` JSON NOT NULL,
    `device_ids` JSON NULL,
    `expires_at` DATETIME(3) NULL,
    `revoked_at` DATETIME(3) NULL,
    `last_used_at` DATETIME(3) NULL,
    `created_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `outbound_message` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `chat_jid` VARCHAR(96) NOT NULL,
    `kind` VARCHAR(20) NOT NULL,
    `text` MEDIUMTEXT NULL,
    `status` VARCHAR(14) NOT NULL,
    `attempts` INTEGER NOT NULL,
    `error_code` VARCHAR(64) NULL,
    `error_message` VARCHAR(500) NULL,
    `created_at` DATETIME(3) NOT NULL,
    `sending_at` DATETIME(3) NULL,
    `acked_at` DATETIME(3) NULL,
    `delivered_at` DATETIME(3) NULL,
    `read_at` DATETIME(3) NULL,
    `played_at` DATETIME(3) NULL,
    `failed_at` DATETIME(3) NULL,

    INDEX `outbound_message_device_id_id_idx` (`device_id`, `id`),
    UNIQUE INDEX `outbound_message_device_id_wa_message_id_key` (`device_id`, `wa_message_id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `received_message` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `chat_jid` VARCHAR(96) NOT NULL,
    `participant_jid` VARCHAR(96) NOT NULL DEFAULT '',
    `from_me` BOOLEAN NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `chat_alt` VARCHAR(96) NULL,
    `participant_alt` VARCHAR(96) NULL,
    `push_name` VARCHAR(191) NULL,
    `type` VARCHAR(40) NOT NULL,
    `text` MEDIUMTEXT NULL,
    `quoted_id` VARCHAR(64) NULL,
    `message_timestamp` DATETIME(3) NOT NULL,
    `received_at` DATETIME(3) NOT NULL,

    INDEX `received_message_device_id_id_idx` (`device_id`, `id`),
    UNIQUE INDEX `received_message_identity_key` (`device_id`, `chat_jid`, `participant_jid`, `from_me`, `wa_message_id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `setting` (
    `name` VARCHAR(100) NOT NULL,
    `value` JSON NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
