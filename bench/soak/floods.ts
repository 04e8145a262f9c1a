/** Messages or events of one flood. */
export const FLOOD_UNITS = 5_000;

/** Between two floods of a client. Without a rest, ten minutes of floods would put 60 GB of payload on the disk. */
export const FLOOD_REST_MS = 500;
