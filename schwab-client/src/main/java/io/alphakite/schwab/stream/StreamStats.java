package io.alphakite.schwab.stream;

/**
 * Counts since the stream was made.
 *
 * @param frames text frames received
 * @param items content items decoded into events
 * @param fullQueueWaits how often the reading of the socket stopped because the queue was full
 * @param fullQueueNanos how long it stood still for that
 * @param earlyDeltas deltas dropped because their symbol had no image on this connection yet
 * @param garbledFrames frames that could not be read as JSON of the expected form
 * @param unknownServices members, services and notices of unknown names
 * @param unknownFields fields that the service does not have
 * @param badValues fields whose value could not be read; skipped
 * @param badItems items without what makes them one, such as a key; left out
 * @param oversizedFrames connections given up for a message beyond the size limit
 * @param staleSpells times a service fell silent that should have brought data
 * @param connections connections that logged in
 * @param kicks times another login took the connection over (code 12)
 * @param queued events waiting now
 * @param lastFrameNanosAgo age of the newest frame; -1 without one on this connection
 */
public record StreamStats(
    long frames,
    long items,
    long fullQueueWaits,
    long fullQueueNanos,
    long earlyDeltas,
    long garbledFrames,
    long unknownServices,
    long unknownFields,
    long badValues,
    long badItems,
    long oversizedFrames,
    long staleSpells,
    long connections,
    long kicks,
    int queued,
    long lastFrameNanosAgo) {}
