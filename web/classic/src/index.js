import { translate } from './language.js';

translate();
