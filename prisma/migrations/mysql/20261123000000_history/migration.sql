-- Written from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.

ALTER TABLE `device` ADD COLUMN `note` TEXT NULL;
ALTER TABLE `device` ADD COLUMN `user_id` VARCHAR(64) NULL;

CREATE TABLE `allowed_number` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `whatsapp_number` VARCHAR(20) NOT NULL,
    `status` VARCHAR(8) NOT NULL,
    `device_id` VARCHAR(50) NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `allowed_number_whatsapp_number_key` (`whatsapp_number`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `identity` (
    `device_id` VARCHAR(50) NOT NULL,
    `lid` VARCHAR(96) NOT NULL,
    `phone_number` VARCHAR(20) NOT NULL,
    `learned_at` DATETIME(3) NOT NULL,

    INDEX `identity_device_id_phone_number_idx` (`device_id`, `phone_number`),
    PRIMARY KEY (`device_id`, `lid`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `chat` (
    `device_id` VARCHAR(50) NOT NULL,
    `chat_jid` VARCHAR(96) NOT NULL,
    `lid` VARCHAR(96) NULL,
    `phone_number` VARCHAR(20) NULL,
    `name` VARCHAR(191) NULL,
    `is_group` BOOLEAN NOT NULL,
    `last_message_at` DATETIME(3) NULL,
    `last_message_id` CHAR(26) NULL,
    `updated_at` DATETIME(3) NOT NULL,

    INDEX `chat_last_message_idx` (`device_id`, `last_message_at`, `chat_jid`),
    PRIMARY KEY (`device_id`, `chat_jid`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `history_message` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `chat_jid` VARCHAR(96) NOT NULL,
    `participant_jid` VARCHAR(96) NOT NULL DEFAULT '',
    `direction` VARCHAR(3) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `own_number` VARCHAR(20) NOT NULL,
    `sender_number` VARCHAR(20) NULL,
    `receiver_number` VARCHAR(20) NULL,
    `contact_number` VARCHAR(20) NULL,
    `is_group` BOOLEAN NOT NULL,
    `push_name` VARCHAR(191) NULL,
    `type` VARCHAR(40) NOT NULL,
    `text` MEDIUMTEXT NULL,
    `media` JSON NULL,
    `quoted_id` VARCHAR(64) NULL,
    `reactions` JSON NULL,
    `status` VARCHAR(14) NULL,
    `source` VARCHAR(8) NOT NULL,
    `message_timestamp` DATETIME(3) NOT NULL,
    `edited_at` DATETIME(3) NULL,
    `revoked_at` DATETIME(3) NULL,
    `stored_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `history_message_identity_key` (`device_id`, `chat_jid`, `participant_jid`, `direction`, `wa_message_id`),
    INDEX `history_message_wa_message_id_idx` (`device_id`, `wa_message_id`),
    INDEX `history_message_device_time_idx` (`device_id`, `message_timestamp`, `id`),
    INDEX `history_message_chat_time_idx` (`device_id`, `chat_jid`, `message_timestamp`, `id`),
    INDEX `history_message_own_time_idx` (`own_number`, `message_timestamp`, `id`),
    INDEX `history_message_pair_time_idx` (`own_number`, `contact_number`, `message_timestamp`, `id`),
    INDEX `history_message_sender_time_idx` (`sender_number`, `message_timestamp`, `id`),
    INDEX `history_message_receiver_time_idx` (`receiver_number`, `message_timestamp`, `id`),
    INDEX `history_message_time_idx` (`message_timestamp`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `event_log` (
    `seq` BIGINT NOT NULL,
    `id` CHAR(26) NOT NULL,
    `type` VARCHAR(40) NOT NULL,
    `device_id` VARCHAR(50) NULL,
    `message_id` CHAR(26) NULL,
    `data` JSON NOT NULL,
    `created_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `event_log_id_key` (`id`),
    INDEX `event_log_device_id_seq_idx` (`device_id`, `seq`),
    INDEX `event_log_created_at_idx` (`created_at`),
    PRIMARY KEY (`seq`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `event_sequence` (
    `name` VARCHAR(20) NOT NULL,
    `value` BIGINT NOT NULL,

    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `webhook_endpoint` (
    `id` CHAR(26) NOT NULL,
    `url` VARCHAR(2000) NOT NULL,
    `events` JSON NOT NULL,
    `device_ids` JSON NULL,
    `secret_sealed` TEXT NOT NULL,
    `previous_sealed` TEXT NULL,
    `previous_until` DATETIME(3) NULL,
    `status` VARCHAR(10) NOT NULL,
    `failing_since` DATETIME(3) NULL,
    `disabled_at` DATETIME(3) NULL,
    `disabled_reason` VARCHAR(200) NULL,
    `cursor_seq` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `webhook_delivery` (
    `id` CHAR(26) NOT NULL,
    `endpoint_id` CHAR(26) NOT NULL,
    `event_seq` BIGINT NOT NULL,
    `event_id` CHAR(26) NOT NULL,
    `event_type` VARCHAR(40) NOT NULL,
    `device_id` VARCHAR(50) NULL,
    `status` VARCHAR(10) NOT NULL,
    `attempts` INTEGER NOT NULL,
    `next_attempt_at` DATETIME(3) NULL,
    `last_status_code` INTEGER NULL,
    `last_error` VARCHAR(200) NULL,
    `last_duration_ms` INTEGER NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `delivered_at` DATETIME(3) NULL,

    UNIQUE INDEX `webhook_delivery_endpoint_id_event_id_key` (`endpoint_id`, `event_id`),
    INDEX `webhook_delivery_due_idx` (`status`, `next_attempt_at`, `id`),
    INDEX `webhook_delivery_endpoint_due_idx` (`endpoint_id`, `status`, `next_attempt_at`, `id`),
    INDEX `webhook_delivery_endpoint_id_id_idx` (`endpoint_id`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `webhook_attempt` (
    `id` CHAR(26) NOT NULL,
    `delivery_id` CHAR(26) NOT NULL,
    `number` INTEGER NOT NULL,
    `started_at` DATETIME(3) NOT NULL,
    `duration_ms` INTEGER NOT NULL,
    `status_code` INTEGER NULL,
    `error` VARCHAR(200) NULL,
    `response` VARCHAR(1000) NULL,

    INDEX `webhook_attempt_delivery_id_number_idx` (`delivery_id`, `number`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `chatbot` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `whatsapp_number` VARCHAR(20) NOT NULL,
    `device_id` VARCHAR(50) NULL,
    `endpoint_url` VARCHAR(2000) NULL,
    `secret_sealed` TEXT NOT NULL,
    `status` VARCHAR(8) NOT NULL,
    `cursor_seq` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `chatbot_whatsapp_number_key` (`whatsapp_number`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `chatbot_turn` (
    `id` CHAR(26) NOT NULL,
    `chatbot_id` INTEGER NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `chat_jid` VARCHAR(96) NOT NULL,
    `message_id` CHAR(26) NOT NULL,
    `event_id` CHAR(26) NOT NULL,
    `status` VARCHAR(10) NOT NULL,
    `reason` VARCHAR(40) NULL,
    `attempts` INTEGER NOT NULL,
    `next_attempt_at` DATETIME(3) NULL,
    `replies` INTEGER NOT NULL DEFAULT 0,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `chatbot_turn_chatbot_id_message_id_key` (`chatbot_id`, `message_id`),
    INDEX `chatbot_turn_due_idx` (`status`, `next_attempt_at`, `id`),
    INDEX `chatbot_turn_chat_idx` (`device_id`, `chat_jid`, `created_at`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `recipient` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `name` VARCHAR(191) NOT NULL,
    `number` VARCHAR(20) NOT NULL,
    `fields` JSON NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `recipient_number_key` (`number`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `recipient_list` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `name` VARCHAR(100) NOT NULL,
    `description` VARCHAR(500) NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `recipient_list_name_key` (`name`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `recipient_list_member` (
    `list_id` INTEGER NOT NULL,
    `recipient_id` INTEGER NOT NULL,

    INDEX `recipient_list_member_recipient_id_idx` (`recipient_id`),
    PRIMARY KEY (`list_id`, `recipient_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT INTO `event_sequence` (`name`, `value`) VALUES ('events', 0);
