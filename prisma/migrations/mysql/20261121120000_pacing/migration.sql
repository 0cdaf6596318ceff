-- AlterTable
ALTER TABLE `device_health`
    ADD COLUMN `account_jid` VARCHAR(96) NULL,
    ADD COLUMN `cold_strikes` SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN `message_cap` VARCHAR(16) NULL,
    ADD COLUMN `message_cap_until` DATETIME(3) NULL;

-- CreateIndex: what a device sent in the last hour and day, by lane.
CREATE INDEX `outbound_message_device_id_sending_at_lane_idx` ON `outbound_message`(`device_id`, `sending_at`, `lane`);
