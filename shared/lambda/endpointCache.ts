/**
 * Takes the place of the SDK's cache of discovered endpoints in every bundle. A client discovers endpoints only where it is
 * told to; a function of ours is not, and the cache with its collections would be 6 KB of each.
 */
export class EndpointCache {}
