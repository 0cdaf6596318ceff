CREATE TABLE `user_account` (
    `user_id` CHAR(26) NOT NULL,
    `email` VARCHAR(254) NOT NULL,
    `name` VARCHAR(100) NOT NULL,
    `role` VARCHAR(10) NOT NULL,
    `status` VARCHAR(10) NOT NULL,
    `device_ids` JSON NULL,
    `locale` VARCHAR(10) NULL,
    `password_hash` VARCHAR(255) NOT NULL,
    `last_sign_in_at` DATETIME(3) NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `user_account_email_key` (`email`),
    PRIMARY KEY (`user_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `user_session` (
    `session_id` CHAR(26) NOT NULL,
    `user_id` CHAR(26) NOT NULL,
    `token_hash` CHAR(64) NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `last_seen_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,

    UNIQUE INDEX `user_session_token_hash_key` (`token_hash`),
    INDEX `user_session_user_id_idx` (`user_id`),
    INDEX `user_session_expires_at_idx` (`expires_at`),
    PRIMARY KEY (`session_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `audit_entry` (
    `audit_id` CHAR(26) NOT NULL,
    `at` DATETIME(3) NOT NULL,
    `actor_kind` VARCHAR(10) NOT NULL,
    `actor_id` VARCHAR(26) NULL,
    `actor_name` VARCHAR(100) NULL,
    `action` VARCHAR(100) NOT NULL,
    `target` VARCHAR(300) NULL,
    `status` INTEGER NOT NULL,
    `ip` VARCHAR(45) NOT NULL,
    `request_id` VARCHAR(64) NOT NULL,
    `details` JSON NULL,

    INDEX `audit_entry_actor_id_audit_id_idx` (`actor_id`, `audit_id`),
    INDEX `audit_entry_action_audit_id_idx` (`action`, `audit_id`),
    PRIMARY KEY (`audit_id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
