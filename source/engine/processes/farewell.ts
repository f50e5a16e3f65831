/** What a hew that ends in order says to its guardian: that there is nothing to do. */
export const FAREWELL = 'ended in order\n';
