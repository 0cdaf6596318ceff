-- Written by hand from the model, in SQL that MySQL 8.4 and MariaDB 10.11 both document.

ALTER TABLE `outbound_message`
    ADD COLUMN `content` MEDIUMTEXT NULL,
    ADD COLUMN `source` VARCHAR(12) NOT NULL DEFAULT 'api',
    ADD COLUMN `priority` SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN `job_id` CHAR(26) NULL,
    ADD COLUMN `item_index` INTEGER NULL,
    ADD COLUMN `delay_ms` INTEGER NULL,
    ADD COLUMN `schedule_id` CHAR(26) NULL,
    ADD COLUMN `due_at` DATETIME(3) NULL,
    ADD COLUMN `expires_at` DATETIME(3) NULL,
    ADD COLUMN `on_ambiguous` VARCHAR(6) NOT NULL DEFAULT 'resend',
    ADD COLUMN `lane` VARCHAR(6) NULL,
    ADD COLUMN `lease_epoch` BIGINT NULL;

-- Nothing older waits for the outbox: callers were told that these may not have left, so nobody but a person may send them.
UPDATE `outbound_message` SET `status` = 'held', `error_code` = 'INTERRUPTED',
    `error_message` = 'The server stopped while this message was being sent' WHERE `status` IN ('queued', 'sending');

UPDATE `outbound_message` SET `due_at` = `created_at` WHERE `due_at` IS NULL;

ALTER TABLE `outbound_message`
    MODIFY COLUMN `due_at` DATETIME(3) NOT NULL,
    ADD INDEX `outbound_message_claim_idx` (`device_id`, `status`, `priority`, `id`),
    ADD INDEX `outbound_message_job_id_item_index_idx` (`job_id`, `item_index`),
    ADD INDEX `outbound_message_job_id_status_idx` (`job_id`, `status`, `item_index`);

CREATE TABLE `job` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `kind` VARCHAR(20) NOT NULL,
    `name` VARCHAR(100) NULL,
    `status` VARCHAR(12) NOT NULL,
    `total` INTEGER NOT NULL,
    `delay_ms` INTEGER NULL,
    `on_ambiguous` VARCHAR(6) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `started_at` DATETIME(3) NULL,
    `finished_at` DATETIME(3) NULL,
    `updated_at` DATETIME(3) NOT NULL,

    INDEX `job_device_id_id_idx` (`device_id`, `id`),
    INDEX `job_claim_idx` (`device_id`, `status`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `schedule` (
    `id` CHAR(26) NOT NULL,
    `device_id` VARCHAR(50) NOT NULL,
    `to_jid` VARCHAR(96) NOT NULL,
    `kind` VARCHAR(20) NOT NULL,
    `text` MEDIUMTEXT NULL,
    `content` MEDIUMTEXT NULL,
    `timezone` VARCHAR(64) NOT NULL,
    `local_time` VARCHAR(19) NOT NULL,
    `run_at` DATETIME(3) NULL,
    `recurrence` VARCHAR(500) NULL,
    `missed_policy` VARCHAR(4) NOT NULL,
    `status` VARCHAR(10) NOT NULL,
    `last_run_at` DATETIME(3) NULL,
    `last_message_id` VARCHAR(64) NULL,
    `runs` INTEGER NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    INDEX `schedule_status_run_at_idx` (`status`, `run_at`),
    INDEX `schedule_device_id_id_idx` (`device_id`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `idempotency` (
    `owner` VARCHAR(64) NOT NULL,
    `idem_key` VARCHAR(255) NOT NULL,
    `request_hash` CHAR(64) NOT NULL,
    `route` VARCHAR(100) NOT NULL,
    `resource_id` VARCHAR(64) NULL,
    `status_code` INTEGER NULL,
    `response` MEDIUMTEXT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,

    INDEX `idempotency_expires_at_idx` (`expires_at`),
    PRIMARY KEY (`owner`, `idem_key`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `contact` (
    `device_id` VARCHAR(50) NOT NULL,
    `jid` VARCHAR(96) NOT NULL,
    `first_inbound_at` DATETIME(3) NULL,
    `last_inbound_at` DATETIME(3) NULL,
    `first_outbound_at` DATETIME(3) NULL,
    `last_outbound_at` DATETIME(3) NULL,

    PRIMARY KEY (`device_id`, `jid`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `device_health` (
    `device_id` VARCHAR(50) NOT NULL,
    `reachout_until` DATETIME(3) NULL,
    `rate_paused_until` DATETIME(3) NULL,
    `cold_paused_until` DATETIME(3) NULL,
    `breaker` JSON NULL,
    `warnings` JSON NULL,
    `ramp_started_at` DATETIME(3) NULL,
    `updated_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
