export { FaultyLink } from './faulty-link.js';
