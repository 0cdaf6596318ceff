-- Reports filter by the device and count within these indexes, without a look at the rows.

ALTER TABLE `history_message` DROP INDEX `history_message_own_time_idx`, ADD INDEX `history_message_own_time_idx` (`own_number`, `message_timestamp`, `id`, `device_id`);
ALTER TABLE `history_message` DROP INDEX `history_message_pair_time_idx`, ADD INDEX `history_message_pair_time_idx` (`own_number`, `contact_number`, `message_timestamp`, `id`, `direction`, `device_id`);
ALTER TABLE `history_message` DROP INDEX `history_message_sender_time_idx`, ADD INDEX `history_message_sender_time_idx` (`sender_number`, `message_timestamp`, `id`, `receiver_number`, `device_id`);
ALTER TABLE `history_message` DROP INDEX `history_message_receiver_time_idx`, ADD INDEX `history_message_receiver_time_idx` (`receiver_number`, `message_timestamp`, `id`, `sender_number`, `device_id`);
ALTER TABLE `history_message` DROP INDEX `history_message_time_idx`, ADD INDEX `history_message_time_idx` (`message_timestamp`, `id`, `device_id`);
