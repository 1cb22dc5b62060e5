/** Software transactional memory whose objects live outside the Java heap. */
module org.offheapstm {
    exports org.offheapstm;
}
