CREATE TABLE `poll_vote` (
    `device_id` VARCHAR(50) NOT NULL,
    `wa_message_id` VARCHAR(64) NOT NULL,
    `voter_jid` VARCHAR(96) NOT NULL,
    `choices` JSON NOT NULL,
    `voted_at` DATETIME(3) NOT NULL,

    PRIMARY KEY (`device_id`, `wa_message_id`, `voter_jid`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
