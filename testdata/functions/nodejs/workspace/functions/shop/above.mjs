import above from 'above';
export const handler = async () => above;
